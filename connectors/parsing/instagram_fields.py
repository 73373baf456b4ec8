"""What the Graph API is asked for on Instagram: it gives only the fields that one names."""

MEDIA = "id,caption,timestamp,username,permalink,media_type,media_url,children{id,media_type,media_url}"
COMMENT = "id,text,timestamp,from,username,parent_id"
MENTIONED = ("id,text,timestamp,from,username,media{id}", "id,text,timestamp,media{id}")
MENTIONED_MEDIA = "id,caption,timestamp,username,media_type,media_url"
MESSAGE = (
    "id,created_time,from,to,message,attachments{id,mime_type,name,image_data,video_data,file_url},shares{link},story"
)
PERSON = "name,username,profile_pic,follower_count,is_verified_user"
