/** Lists of prompts in files: text, CSV and JSON lines, read entry by entry. */
@NullMarked
package org.dallemini.lists;

import org.jspecify.annotations.NullMarked;
