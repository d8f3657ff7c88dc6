@NullMarked
package org.dallemini.tokens;

import org.jspecify.annotations.NullMarked;
