package org.dallemini.dalle.onnx;

import org.dallemini.dalle.checkpoint.ElementType;

/** The smaller messages of an ONNX model. */
final class Messages {
    private Messages() {}

    static Proto opset(String domain, int version) {
        return new Proto().text(Fields.OPSET_DOMAIN, domain).integer(Fields.OPSET_VERSION, version);
    }

    static Proto entry(String key, String value) {
        return new Proto().text(Fields.ENTRY_KEY, key).text(Fields.ENTRY_VALUE, value);
    }

    static Proto tensor(String name, ElementType type, long[] shape) {
        Proto tensor = new Proto();
        for (long dimension : shape) {
            tensor.integer(Fields.TENSOR_DIMS, dimension);
        }
        return tensor.integer(Fields.TENSOR_DATA_TYPE, Fields.dataType(type)).text(Fields.TENSOR_NAME, name);
    }

    static Proto valueInfo(String name, ElementType type, Object... dims) {
        Proto shape = new Proto();
        for (Object dim : dims) {
            Proto dimension = dim instanceof Number number
                    ? new Proto().integer(Fields.DIMENSION_VALUE, number.longValue())
                    : new Proto().text(Fields.DIMENSION_NAME, (String) dim);
            shape.message(Fields.SHAPE_DIMENSION, dimension);
        }
        Proto tensorType = new Proto()
                .integer(Fields.TENSOR_TYPE_ELEMENT, Fields.dataType(type))
                .message(Fields.TENSOR_TYPE_SHAPE, shape);
        return new Proto()
                .text(Fields.VALUE_NAME, name)
                .message(Fields.VALUE_TYPE, new Proto().message(Fields.TYPE_TENSOR, tensorType));
    }
}
