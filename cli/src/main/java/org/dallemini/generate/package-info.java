/** The main job as a client of the pipeline: publish prompts, follow their outcomes, fetch the images. */
@NullMarked
package org.dallemini.generate;

import org.jspecify.annotations.NullMarked;
