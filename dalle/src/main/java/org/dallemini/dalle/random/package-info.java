@NullMarked
package org.dallemini.dalle.random;

import org.jspecify.annotations.NullMarked;
