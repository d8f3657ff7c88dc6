/** What training needs of PyTorch, by way of DJL: programs that its compiler runs, parameters with gradients. */
@NullMarked
package org.dallemini.training.torch;

import org.jspecify.annotations.NullMarked;
