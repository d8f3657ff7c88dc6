@NullMarked
package org.dallemini.dalle.sampling;

import org.jspecify.annotations.NullMarked;
