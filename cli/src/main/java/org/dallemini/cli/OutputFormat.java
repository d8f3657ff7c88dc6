package org.dallemini.cli;

/** How what a command finds out is printed. */
enum OutputFormat {
    /** For people. */
    TEXT,
    /** For programs: JSON, an object a line where there are several. */
    JSON
}
