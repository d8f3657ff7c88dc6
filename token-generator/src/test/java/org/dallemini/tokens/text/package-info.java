@NullMarked
package org.dallemini.tokens.text;

import org.jspecify.annotations.NullMarked;
