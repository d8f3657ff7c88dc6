/** Fetches models: from a Hugging Face-style hub, an https folder or a bucket into a folder with a name. */
@NullMarked
package org.dallemini.models.pull;

import org.jspecify.annotations.NullMarked;
