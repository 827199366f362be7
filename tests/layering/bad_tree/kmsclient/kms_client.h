CURL* speaksCurl();
