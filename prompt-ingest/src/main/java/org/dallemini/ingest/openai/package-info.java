/** The part of OpenAI's Images API that is served here, in its own names and shapes. */
@NullMarked
package org.dallemini.ingest.openai;

import org.jspecify.annotations.NullMarked;
