/** What is made of captions alone: a tokenizer, a word list, figures. */
@NullMarked
package org.dallemini.training.captions;

import org.jspecify.annotations.NullMarked;
