/** Images to object storage: object keys, the object store and the stage that joins them to Kafka. */
@NullMarked
package org.dallemini.storage;

import org.jspecify.annotations.NullMarked;
