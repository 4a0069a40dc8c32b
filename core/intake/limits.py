"""Every limit on what a user may give. Change them here; sentences and tests follow."""

from typing import Final

MAX_UPLOAD_BYTES: Final = 200 * 1024**2  # bytes of one file as it arrives
MAX_INFLATED_BYTES: Final = 512 * 1024**2  # bytes of everything inside an XLSX or Parquet file once unpacked
MAX_WORKBOOK_PART_BYTES: Final = 16 * 1024**2  # bytes of one unpacked part of an XLSX that is neither sheet nor strings
MAX_WORKBOOK_PARTS: Final = 10_000  # files inside one XLSX
MAX_ZIP_DIRECTORY_BYTES: Final = 4 * 1024**2  # bytes of the list of contents of a ZIP
MAX_WORKBOOK_TAGS: Final = 50_000_000  # XML tags inside one XLSX: each costs about 100 bytes while it is read
MAX_JSON_BYTES: Final = 64 * 1024**2  # bytes of one JSON array, or of one line of JSONL
MAX_ROWS: Final = 1_000_000  # rows of one table, without the header
MAX_COLUMNS: Final = 2_000  # columns of one table
MAX_CELLS: Final = 10_000_000  # rows times columns of one table
MAX_CHARACTERS: Final = 400_000_000  # characters in all cells of one table together
MAX_CELL_CHARACTERS: Final = 100_000  # characters kept of one cell; the rest is cut off, with a notice
MAX_COLUMN_NAME_CHARACTERS: Final = 120  # characters kept of a column's name
MAX_FILE_NAME_CHARACTERS: Final = 120  # characters kept of a file's name, ending included

MAX_REQUEST_PICTURES: Final = 50  # pictures in the JSON body of one request; more go as a ZIP
MAX_REQUEST_CHARACTERS: Final = 96 * 1024**2  # of Base64 in one request, 72 MB of pictures

MAX_EXCEL_ROWS: Final = 1_048_576  # rows of a sheet, header included: Excel's own limit
MAX_EXCEL_CELL_CHARACTERS: Final = 32_767  # characters of a cell: Excel's own limit

SNIFF_BYTES: Final = 1024**2  # bytes looked at to tell what a file is and how it is encoded
SNIFF_ROWS: Final = 200  # rows looked at to find the separator, and to guess what a column holds
CHUNK_BYTES: Final = 1024**2  # bytes read at a time
CHUNK_ROWS: Final = 20_000  # rows held as Python objects before they are packed
CHUNK_CELLS: Final = 1_000_000  # cells held as Python objects before they are packed
CHUNK_CHARACTERS: Final = 20_000_000  # characters held as Python objects before they are packed

MAX_DOCUMENTS: Final = 50  # files that are read together
MAX_ARCHIVE_FILES: Final = 2_000  # files packed in one ZIP of documents, of whatever kind
MAX_DOCUMENT_PAGES: Final = 1_000  # pages read of one document; the rest is left out, with a notice
MAX_DOCUMENT_CHARACTERS: Final = 12_000_000  # characters kept of one document; the rest is cut off, with a notice
MAX_OCR_PAGES: Final = 40  # scanned pages recognised of one document: each takes seconds
DOCUMENT_SECONDS: Final = 120  # for reading one document, recognition of scanned pages apart
OCR_PAGE_SECONDS: Final = 30  # for recognising one scanned page
DOCUMENT_MEMORY_BYTES: Final = 4 * 1024**3  # address space of the process that reads a document

MAX_PICTURE_PIXELS: Final = 80_000_000  # width times height of one picture, read from its header before it is decoded
MAX_PICTURE_RATIO: Final = 200  # longer side over shorter side of a picture
MAX_PICTURES: Final = 20_000  # pictures of one archive; the rest is left out, with a notice
MAX_UNPACKED_FILES: Final = 50_000  # entries of one ZIP archive of pictures
MAX_ARCHIVE_BYTES: Final = 1024**3  # bytes of everything in one ZIP archive once unpacked, counted while it is unpacked
MAX_ARCHIVE_FILE_BYTES: Final = 100 * 1024**2  # bytes of one unpacked file of an archive
MAX_VIDEO_PIXELS: Final = 7680 * 4320  # width times height of a frame
MAX_FRAME_SIDE: Final = 1920  # pixels of a frame's longer side as it is given; larger frames are scaled down, with a notice
MAX_VIDEO_SECONDS: Final = 1800  # seconds read of one video; the rest is left out, with a notice
MAX_VIDEO_FRAMES: Final = 100_000  # frames read of one video, likewise

MAX_SOUND_SECONDS: Final = 3 * 3600  # seconds read of one recording; the rest is left out, with a notice
MIN_SOUND_SECONDS: Final = 0.1  # a recording below is refused: there is not one syllable in it
MAX_SOUNDS: Final = 20_000  # recordings of one archive; the rest is left out, with a notice
MAX_SOUND_CHANNELS: Final = 64
MIN_SOUND_RATE: Final = 4_000  # samples a second; below, speech cannot be understood
MAX_SOUND_RATE: Final = 768_000
