/** From a file of prompts to their image requests. */
@NullMarked
package org.dallemini.bench.intake;

import org.jspecify.annotations.NullMarked;
