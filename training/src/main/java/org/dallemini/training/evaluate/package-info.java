/** Whether a model draws what it is asked for. */
@NullMarked
package org.dallemini.training.evaluate;

import org.jspecify.annotations.NullMarked;
