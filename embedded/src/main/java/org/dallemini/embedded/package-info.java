/**
 * Broker, object store and schema registry inside this JVM, for development and tests: nothing else has to be
 * installed.
 */
@NullMarked
package org.dallemini.embedded;

import org.jspecify.annotations.NullMarked;
