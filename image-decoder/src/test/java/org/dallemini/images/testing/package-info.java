/** What several tests need. */
@NullMarked
package org.dallemini.images.testing;

import org.jspecify.annotations.NullMarked;
