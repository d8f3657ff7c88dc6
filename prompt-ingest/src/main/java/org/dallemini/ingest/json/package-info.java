/** Jobs and images as JSON, the same in answers, events and webhooks. */
@NullMarked
package org.dallemini.ingest.json;

import org.jspecify.annotations.NullMarked;
