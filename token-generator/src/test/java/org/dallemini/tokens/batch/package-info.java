@NullMarked
package org.dallemini.tokens.batch;

import org.jspecify.annotations.NullMarked;
