/** The intake: prompts in, image requests out, each id once. */
@NullMarked
package org.dallemini.ingest.intake;

import org.jspecify.annotations.NullMarked;
