/** What can be said of model folders, images and token files without a pipeline. */
@NullMarked
package org.dallemini.models;

import org.jspecify.annotations.NullMarked;
