/** What is known of the model that draws. */
@NullMarked
package org.dallemini.ingest.model;

import org.jspecify.annotations.NullMarked;
