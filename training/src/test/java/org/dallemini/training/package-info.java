@NullMarked
package org.dallemini.training;

import org.jspecify.annotations.NullMarked;
