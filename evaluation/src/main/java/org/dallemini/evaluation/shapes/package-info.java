/**
 * What the shipped model was trained on: captions of coloured shapes, and a reader that recognises them in pictures.
 */
@NullMarked
package org.dallemini.evaluation.shapes;

import org.jspecify.annotations.NullMarked;
