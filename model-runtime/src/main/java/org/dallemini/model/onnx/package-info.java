@NullMarked
package org.dallemini.model.onnx;

import org.jspecify.annotations.NullMarked;
