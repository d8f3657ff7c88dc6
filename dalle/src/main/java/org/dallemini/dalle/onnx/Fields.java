package org.dallemini.dalle.onnx;

import org.dallemini.dalle.checkpoint.ElementType;

/**
 * The numbers in ONNX's schema of the parts that are written here: {@code onnx/onnx.proto3} of github.com/onnx/onnx, IR
 * version 10 (ONNX 1.16). Each group has the name of its message; what is not listed is left out of the file.
 */
final class Fields {
    private Fields() {}

    /** ModelProto. */
    static final int MODEL_IR_VERSION = 1, MODEL_PRODUCER = 2, MODEL_GRAPH = 7, MODEL_OPSET_IMPORT = 8;

    /** OperatorSetIdProto. */
    static final int OPSET_DOMAIN = 1, OPSET_VERSION = 2;

    /** GraphProto. */
    static final int GRAPH_NODE = 1, GRAPH_NAME = 2, GRAPH_INITIALIZER = 5, GRAPH_INPUT = 11, GRAPH_OUTPUT = 12;

    /** NodeProto. */
    static final int NODE_INPUT = 1, NODE_OUTPUT = 2, NODE_NAME = 3, NODE_OP = 4, NODE_ATTRIBUTE = 5, NODE_DOMAIN = 7;

    /** AttributeProto; the type tells which of the others is set. */
    static final int ATTRIBUTE_NAME = 1,
            ATTRIBUTE_FLOAT = 2,
            ATTRIBUTE_INT = 3,
            ATTRIBUTE_STRING = 4,
            ATTRIBUTE_INTS = 8,
            ATTRIBUTE_TYPE = 20;

    /** AttributeProto.AttributeType. */
    static final int TYPE_FLOAT = 1, TYPE_INT = 2, TYPE_STRING = 3, TYPE_INTS = 7;

    /** TensorProto. */
    static final int TENSOR_DIMS = 1,
            TENSOR_DATA_TYPE = 2,
            TENSOR_NAME = 8,
            TENSOR_RAW_DATA = 9,
            TENSOR_EXTERNAL_DATA = 13,
            TENSOR_DATA_LOCATION = 14;

    /** TensorProto.DataLocation. */
    static final int LOCATION_EXTERNAL = 1;

    /** StringStringEntryProto. */
    static final int ENTRY_KEY = 1, ENTRY_VALUE = 2;

    /** ValueInfoProto, TypeProto, TypeProto.Tensor, TensorShapeProto and its Dimension, each inside the one before. */
    static final int VALUE_NAME = 1,
            VALUE_TYPE = 2,
            TYPE_TENSOR = 1,
            TENSOR_TYPE_ELEMENT = 1,
            TENSOR_TYPE_SHAPE = 2,
            SHAPE_DIMENSION = 1,
            DIMENSION_VALUE = 1,
            DIMENSION_NAME = 2;

    /** TensorProto.DataType. */
    static int dataType(ElementType type) {
        return switch (type) {
            case FLOAT32 -> 1;
            case UINT8 -> 2;
            case INT8 -> 3;
            case INT32 -> 6;
            case INT64 -> 7;
        };
    }
}
