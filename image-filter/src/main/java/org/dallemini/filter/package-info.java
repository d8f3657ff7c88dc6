/** Judges pictures before anybody sees them. Knows no stage. */
@NullMarked
package org.dallemini.filter;

import org.jspecify.annotations.NullMarked;
