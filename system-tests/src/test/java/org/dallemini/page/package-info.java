/** The web page in a real browser, on the real pipeline. */
@NullMarked
package org.dallemini.page;

import org.jspecify.annotations.NullMarked;
