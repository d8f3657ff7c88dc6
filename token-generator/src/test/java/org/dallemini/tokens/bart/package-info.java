@NullMarked
package org.dallemini.tokens.bart;

import org.jspecify.annotations.NullMarked;
