@NullMarked
package org.dallemini.model.random;

import org.jspecify.annotations.NullMarked;
