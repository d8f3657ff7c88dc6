/** What every training has: its folder with checkpoints, its loop, its reports. */
@NullMarked
package org.dallemini.training.run;

import org.jspecify.annotations.NullMarked;
