/** Looks through the dead letters of a pipeline, sends them back to where they were read, and deletes them. */
@NullMarked
package org.dallemini.deadletters;

import org.jspecify.annotations.NullMarked;
