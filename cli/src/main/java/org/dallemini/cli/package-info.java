/** The command line. */
@NullMarked
package org.dallemini.cli;

import org.jspecify.annotations.NullMarked;
