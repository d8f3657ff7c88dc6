package org.dallemini.bench;

/** How results are printed. */
public enum Output {
    /** For people. */
    TABLE,
    /** A line of JSON for each result. */
    JSON
}
