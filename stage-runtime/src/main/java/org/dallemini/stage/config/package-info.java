/** Settings of a stage on Kafka's own {@code ConfigDef}, and where their values come from. */
@NullMarked
package org.dallemini.stage.config;

import org.jspecify.annotations.NullMarked;
