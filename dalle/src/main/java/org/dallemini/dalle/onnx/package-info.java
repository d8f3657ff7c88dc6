@NullMarked
package org.dallemini.dalle.onnx;

import org.jspecify.annotations.NullMarked;
