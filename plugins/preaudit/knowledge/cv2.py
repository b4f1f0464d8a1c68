"""OpenCV: files, and computation on images."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "opencv-python-headless"


def _names(text: str) -> str:
    return " ".join(f"cv2.{name}" for name in text.split())


CLASSES = {
    "cv2.VideoCapture": {
        "init": "file",
        "methods": {
            "read": "file -> tuple",
            **each("file", "grab retrieve open"),
            **each("free", "isOpened get set release"),
        },
    },
    "cv2.VideoWriter": {"init": "file", "methods": {"write": "file", **each("free", "isOpened release")}},
    "cv2.CascadeClassifier": {"init": "file", "methods": each("cpu", "detectMultiScale detectMultiScale2")},
    "cv2.dnn.Net": {"methods": {"forward": "cpu", "setInput": "free"}},
    "cv2.ORB": {"methods": each("cpu", "detect compute detectAndCompute")},
    "cv2.SIFT": {"methods": each("cpu", "detect compute detectAndCompute")},
    "cv2.CLAHE": {"methods": {"apply": "cpu"}},
}
FUNCTIONS = {
    **each("file", _names("imread imwrite imreadmulti")),
    **each(
        "cpu",
        _names(
            "imdecode imencode resize cvtColor GaussianBlur medianBlur bilateralFilter blur Canny threshold warpAffine"
            " adaptiveThreshold findContours warpPerspective dilate erode morphologyEx matchTemplate HoughLines"
            " HoughLinesP HoughCircles equalizeHist calcHist filter2D Sobel Laplacian remap rotate flip merge split"
            " addWeighted bitwise_and bitwise_or bitwise_not absdiff inRange fastNlMeansDenoising"
            " fastNlMeansDenoisingColored grabCut connectedComponentsWithStats distanceTransform pyrDown pyrUp"
            " copyMakeBorder normalize"
        ),
    ),
    **each("wait", _names("waitKey")),
    "cv2.dnn.readNet": "file -> cv2.dnn.Net",
    "cv2.dnn.readNetFromONNX": "file -> cv2.dnn.Net",
    "cv2.dnn.blobFromImage": "cpu",
    **each("free", _names("getRotationMatrix2D boundingRect contourArea getStructuringElement rectangle putText")),
}
INSTEAD = {"cv2.": "asyncio.to_thread"}
UNCHECKED = {"cv2.CascadeClassifier": "up to OpenCV 4"}
