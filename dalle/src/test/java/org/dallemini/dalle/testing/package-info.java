@NullMarked
package org.dallemini.dalle.testing;

import org.jspecify.annotations.NullMarked;
