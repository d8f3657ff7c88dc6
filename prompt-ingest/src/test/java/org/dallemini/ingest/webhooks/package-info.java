@NullMarked
package org.dallemini.ingest.webhooks;

import org.jspecify.annotations.NullMarked;
