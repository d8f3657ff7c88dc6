/** Creates and checks the pipeline's topics. */
@NullMarked
package org.dallemini.stage.topics;

import org.jspecify.annotations.NullMarked;
