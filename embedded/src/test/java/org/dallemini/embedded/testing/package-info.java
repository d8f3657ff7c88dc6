/** For tests of other modules. */
@NullMarked
package org.dallemini.embedded.testing;

import org.jspecify.annotations.NullMarked;
