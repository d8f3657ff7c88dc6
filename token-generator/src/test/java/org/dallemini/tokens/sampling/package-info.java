@NullMarked
package org.dallemini.tokens.sampling;

import org.jspecify.annotations.NullMarked;
