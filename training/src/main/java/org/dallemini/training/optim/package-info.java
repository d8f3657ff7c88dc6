/** The optimizers and schedules of dalle-mini's train.py. */
@NullMarked
package org.dallemini.training.optim;

import org.jspecify.annotations.NullMarked;
