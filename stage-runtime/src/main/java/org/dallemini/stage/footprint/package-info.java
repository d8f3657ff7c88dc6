/** What drawing takes, in the events of the stages that draw. */
@NullMarked
package org.dallemini.stage.footprint;

import org.jspecify.annotations.NullMarked;
