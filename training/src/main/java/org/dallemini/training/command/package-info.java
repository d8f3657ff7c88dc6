/** The commands {@code dallemini train ...}. */
@NullMarked
package org.dallemini.training.command;

import org.jspecify.annotations.NullMarked;
