/** Tells receivers over HTTP what has become of images and jobs, after the Standard Webhooks specification. */
@NullMarked
package org.dallemini.ingest.webhooks;

import org.jspecify.annotations.NullMarked;
