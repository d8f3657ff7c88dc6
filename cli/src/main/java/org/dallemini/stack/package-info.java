/** The embedded stack: broker, schema registry, object store and all stages in one JVM. */
@NullMarked
package org.dallemini.stack;

import org.jspecify.annotations.NullMarked;
