@NullMarked
package org.dallemini.dalle.bart;

import org.jspecify.annotations.NullMarked;
