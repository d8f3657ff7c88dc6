/** A schema registry in this JVM, for development and tests, speaking the REST API that Confluent defined. */
@NullMarked
package org.dallemini.embedded.registry;

import org.jspecify.annotations.NullMarked;
