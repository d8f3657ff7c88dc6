@NullMarked
package org.dallemini.models.testing;

import org.jspecify.annotations.NullMarked;
