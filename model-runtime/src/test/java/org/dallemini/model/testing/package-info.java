@NullMarked
package org.dallemini.model.testing;

import org.jspecify.annotations.NullMarked;
