/** A stand-in for the classifier, for tests of those who use the filter. */
@NullMarked
package org.dallemini.filter.testing;

import org.jspecify.annotations.NullMarked;
